#!/bin/sh
# Holds one PostgreSQL server for the process at the other end of standard input, and ends with it.
# Arguments: the program postgres, the cluster's folder. Orders come by line, each is answered by a line.
# End of input means that the process is gone, in whatever way: the server and its folder go too.
trap '' HUP INT TERM
postgres=$1 folder=$2 server=

# A signal to the server and to all its children at once, as what befalls a machine befalls all of them.
all() {
    children=
    read -r children <"/proc/$server/task/$server/children"
    # shellcheck disable=SC2086 # a list of process ids
    kill -s "$1" "$server" $children
}

while read -r order; do
    case $order in
        start)
            "$postgres" -D "$folder/data" >>"$folder/log" 2>&1 </dev/null &
            server=$!
            ;;
        freeze) all STOP ;;
        thaw) all CONT ;;
        *)
            children=
            # Held first, so that no child is born that the kill misses.
            if [ "$order" = KILL ]; then all STOP; all KILL; else kill -s "$order" "$server"; fi
            wait "$server"
            server=
            # What is left of a killed server still holds its memory, and the next one would not start.
            for child in $children; do
                while grep -q . "/proc/$child/cmdline" 2>/dev/null; do sleep 0.01; done
            done
            ;;
    esac
    echo "$server"
done
if [ -n "$server" ]; then
    all CONT
    kill -s QUIT "$server"
    wait "$server"
fi
rm -rf "$folder"
