#!/bin/sh
# Finds a Python and hands over to bootstrap.py beside this file; called by ./run and ./test.
# What an older Python cannot read is not shown to it: python3 may be a 2.7.
for python in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        exec "$python" "${0%/*}/bootstrap.py" "$@"
    fi
done
if found=$(python3 -V 2>&1); then
    echo "Newsdesk needs Python 3.11 or newer, and python3 is $found on this machine." >&2
else
    echo "Newsdesk needs Python 3.11 or newer, and there is no python3 on this machine's PATH." >&2
fi
exit 1
