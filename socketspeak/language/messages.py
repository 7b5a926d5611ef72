"""What is said to people, in English.

Each constant is a message identifier in the sense of gettext: its English text, marked for the tools that
extract them. A catalog maps identifiers to another language's text.
"""

from __future__ import annotations


def N_(text: str) -> str:
    """Mark a text as one to be translated, by gettext's usual name for that."""
    return text


# The greeting and the phrases
READY = N_("SocketSpeak {version} {host} ready, world time on a socket")
READY_FOR_LOGIN = N_("SocketSpeak {version} {host} ready, log in first: AUTH. HELP lists the commands")
INVITATION = N_("Type a number, a city or a zone. HELP lists the commands, QUIT leaves.")
IN_PLACE = N_("{date}, {time} in {place}")
AT_OFFSET = N_("{date}, {time} at {place}")
IN_PLACE_SKIPPED = N_("{date}, {time} in {place}, where the clocks skip the time that was asked for")
IN_PLACE_TWICE = N_("{date}, {time} in {place}, the first of two times that look the same")
IS_AHEAD = N_("{target} is {amount} ahead of {origin}")
IS_BEHIND = N_("{target} is {amount} behind {origin}")
IS_THE_SAME = N_("{target} and {origin} show the same time")
GOES_FORWARD = N_("{date}: at {time} the clocks in {place} go forward {amount} to {then}")
GOES_FORWARD_TO_DAY = N_("{date}: at {time} the clocks in {place} go forward {amount} to {day}, {then}")
GOES_BACK = N_("{date}: at {time} the clocks in {place} go back {amount} to {then}")
GOES_BACK_TO_DAY = N_("{date}: at {time} the clocks in {place} go back {amount} to {day}, {then}")
IS_RENAMED = N_(
    "{date}: at {time} the clocks in {place} stay as they are, and show {after} in place of {before}"
)
CHANGES_ITS_RULE = N_("{date}: at {time} the clocks in {place} stay as they are, their rule changes")
NO_CHANGE = N_("{place}: no change of the clocks is known from {date} on")
MEETING_SPAN = N_("{place}: {date}, {start} to {end}")
MEETING_SPAN_OF_DAYS = N_("{place}: {date}, {start} to {day}, {end}")
MEETING_OUTSIDE = N_("{place}: {date}, {start} to {end}, outside of the hours")
MEETING_OUTSIDE_OF_DAYS = N_("{place}: {date}, {start} to {day}, {end}, outside of the hours")
NO_MEETING = N_("no hour of that day suits")
PLACE_IN_COUNTRY = N_("{place}, {country}")
AREA_HINT = N_("LIST {area} shows them")

# Done
PONG = N_("PONG")
NOTHING_DONE = N_("nothing done, as asked")
FORMAT_IS = N_("the format is {format}")
LANGUAGE_IS = N_("the language is {language}")
GOODBYE = N_("goodbye")
WATCHING = N_("a tick every {every} s")
WATCHING_EACH_SECOND = N_("a tick every second")
NOT_WATCHING = N_("no ticks")
BEGIN_TLS = N_("begin TLS now")
LOGGED_IN = N_("you are logged in as {name}")
HELP_HEAD = N_(
    "A line that is no command is taken as a place: tokyo, Asia/Tokyo, BR, UTC+5:30, or a list's number."
)
EXTRA_MISSING = N_("{place}: this server was installed without socketspeak[{extra}], which understands it")
NOT_HERE = N_("{verb} is known, but not available on this server")

# Closing
SHUTTING_DOWN = N_("SocketSpeak is shutting down")
ENDLESS_LINE = N_("{limit} octets without an end of line")

IDLE = N_("nothing was asked for {seconds} s")
SLOW_LINE = N_("a line has not ended within {seconds} s")
SLOW_LOGIN = N_("no login within {seconds} s")
FULL = N_("{limit} connections are open, no more are taken: try again later")
FULL_FOR_ADDRESS = N_("{limit} connections from your address are open, no more are taken")
NO_DESCRIPTORS = N_("the server has no file descriptor left for another connection: try again later")
TOO_MANY_BAD_COMMANDS = N_("too many bad commands")
NO_TLS_HERE = N_("this port speaks in clear, and no TLS is spoken here")
TLS_COMES_LATER = N_("this port speaks in clear first: TLS begins with STARTTLS")
NO_HTTP = N_("this is no HTTP server; a line such as TIME tokyo is answered here")
TOO_MANY_FAILED_LOGINS = N_("too many failed logins")

# Encryption and login
SECURE_ALREADY = N_("the session is encrypted already")
ENCRYPT_FIRST = N_("encrypt first: STARTTLS")
NOT_IN_CLEAR = N_("a login is not taken in clear")
LOG_IN_FIRST = N_("log in first: AUTH")
LOGGED_IN_ALREADY = N_("you are logged in already, as {name}")
UNKNOWN_MECHANISM = N_("unknown mechanism: {word}; {known} are known")
NOT_BASE64 = N_("that is no Base64")
LOGIN_CANCELLED = N_("the login is cancelled")
LOGIN_GARBLED = N_("that is no message of this mechanism")
LOGIN_FAILED = N_("wrong name or password")
LOGIN_TOO_SOON = N_("too many failed logins from your address: wait {seconds} s")
LOGINS_WAIT = N_("too many logins at once: wait {seconds} s")
TOO_MANY_REQUESTS = N_("too many requests from your address: wait {seconds} s")

# Failures
INTERNAL_FAULT = N_("an internal fault, it is logged; the session goes on")
UNKNOWN_COMMAND = N_("unknown command")
NOT_TEXT = N_("the line is not UTF-8 text")
CONTROL_CHARACTER = N_("the line holds a control character")
USAGE = N_("usage: {usage}")
NO_ARGUMENT = N_("{verb} takes no argument")
EMPTY_PLACE = N_("a place is missing between the commas")
TOO_MANY_PLACES = N_("more than {most} places in one request")
UNKNOWN_VERB = N_("no such command: {word}")
UNKNOWN_FORMAT = N_("unknown format: {word}; TEXT and JSON are known")
UNKNOWN_LANGUAGE = N_("unknown language: {word}; {known} are known")
NO_SUCH_PLACE = N_("no such place: {place}")
NO_SUCH_NUMBER = N_("no entry {number} in the list, it has {count}")
NO_SUCH_LIST = N_("no such area or country: {place}")
LINE_TOO_LONG = N_("the line is longer than {limit} octets")
SEVERAL_PLACES = N_("several places match {place}: choose one")
NEAR = N_("{message} (near: {near})")
NO_TIME_GIVEN = N_("{given} is no time: {now}, 15:00, 15:00:30 or 2026-11-23 15:00 are; usage: {usage}")
ONLY_A_DATE = N_("a time of day is missing behind {date}; usage: {usage}")
NO_PLACE_GIVEN = N_("a place is missing; usage: {usage}")
ONE_PLACE_ONLY = N_("{given} is more than one place; usage: {usage}")
TWO_PLACES_AT_LEAST = N_("a meeting takes two places at least; usage: {usage}")
TOO_MANY_SPANS = N_(
    "{spans} spans for {places} places are more than can be told: ask for fewer places, or for other hours"
)
NO_TO = N_("{word} and a place are missing behind {given}; usage: {usage}")
NO_VALUE_GIVEN = N_("nothing is behind {word}; usage: {usage}")
GIVEN_TWICE = N_("{word} is given twice; usage: {usage}")
NO_DATE_GIVEN = N_("{given} is no date for {word}: YYYY-MM-DD is; usage: {usage}")
NO_COUNT_GIVEN = N_("{given} is no number for {word}: 1 to {most} are")
NO_EVERY_GIVEN = N_("{given} is no number of seconds for {word}: 1 to {most} are")
TOO_MANY_WATCHES = N_("{count} places are too many: a session can watch {most}")
NO_HOURS_GIVEN = N_("{given} is no span of hours for {word}: 09:00-17:00, 9-17 or 22:00-06:00 are")
NO_SUCH_DATE = N_("no such date: {date}")
NO_SUCH_YEAR = N_("no such date: {date}, years go from 0001 to 9999")
NO_SUCH_TIME = N_("no such time of day: {time}, they go from 00:00:00 to 23:59:59")
NO_LEAP_SECONDS = N_("no such time of day: {time}, leap seconds are not told")
NO_SUCH_DAY = N_("no such date in {place}: {date}, its clocks skipped that day")
OUTSIDE_OF_YEARS = N_("that instant is outside of the years 0001 to 9999, in {place} or in UTC")

# Help, a line a verb
HELP_TIME = N_("the time there")
HELP_MENU = N_("the menu again")
HELP_LIST = N_("the areas; an area's, a country's or all zones; the links")
HELP_FIND = N_("places that match")
HELP_CONVERT = N_("a local time elsewhere")
HELP_DIFF = N_("how far two clocks are apart")
HELP_TRANSITIONS = N_("when the clocks change")
HELP_MEET = N_("when all are at work")
HELP_WATCH = N_("a tick every n seconds")
HELP_UNWATCH = N_("no more ticks")
HELP_FORMAT = N_("replies as text, or as one JSON object a line")
HELP_LANG = N_("the language of phrases and errors")
HELP_STATUS = N_("version, clock and sources")
HELP_CAPABILITIES = N_("what this server can do, for programs")
HELP_STARTTLS = N_("encrypt")
HELP_AUTH = N_("log in")
HELP_HELP = N_("the commands, or one of them")
HELP_PING = N_("are you there?")
HELP_NOOP = N_("nothing")
HELP_QUIT = N_("leave (also EXIT, BYE, SAIR)")
