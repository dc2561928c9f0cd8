# shellcheck shell=bash disable=SC2034 # $java is read by whoever sources this
# Which Java of this machine fits. Sourced by lib.sh, and by `dev`, which says what to install.

# The release of a Java, or nothing.
java_release() { "$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1; }

# java_home LEAST MOST: leaves in $java the home of the oldest Java between the two; false where there is none.
java_home() {
    local candidate release best=""
    java=""
    for candidate in "${JAVA_HOME:-}" "$(java_on_path)" /usr/lib/jvm/*; do
        # shellcheck disable=SC2015 # "continue" is meant for either
        [ -n "$candidate" ] && [ -x "$candidate/bin/java" ] || continue
        release=$(java_release "$candidate")
        # shellcheck disable=SC2015
        [ -n "$release" ] && [ "$release" -ge "$1" ] && [ "$release" -le "$2" ] || continue
        [ -z "$best" ] || [ "$release" -lt "$best" ] || continue
        best=$release
        java=$candidate
    done
    [ -n "$java" ]
}

java_on_path() {
    local found
    found=$(command -v java) && dirname "$(dirname "$(readlink -f "$found")")"
}
