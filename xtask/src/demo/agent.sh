#!/bin/sh
# A program of an agent's shape: works for a while in a repository, says a lot, has grandchildren in sessions of their own.
# usage: agent.sh STEPS SCRATCH
set -eu
steps=$1
scratch=$2
mkdir -p "$scratch"
echo "start $$" >> "$scratch/runs"

# Everything said is kept a second time, to be compared byte for byte.
say() { tee -a "$scratch/said"; }

echo '{"type":"session","id":"demo"}' | say

# A helper in a session of its own that lives as long as it is wanted: signals to our process group do not reach it.
setsid sh -c "while [ ! -e '$scratch/done' ]; do echo 'helper: still here' >&2; sleep 1; done; echo gone > '$scratch/helper'" &

step=1
while [ "$step" -le "$steps" ]; do
    git grep -c "step_$step" -- src > "$scratch/found.$step" || true
    awk -v step="$step" 'BEGIN {
        for (line = 0; line < 4000; line++)
            printf "{\"type\":\"delta\",\"step\":%d,\"line\":%d,\"text\":\"reading, thinking, editing; reading, thinking, editing\"}\n", step, line
    }' | say
    echo "step $step of $steps" >&2
    # Another task waits for this file.
    [ "$step" -ne 3 ] || echo ready > "$scratch/half-way"
    sleep 1
    step=$((step + 1))
done

touch "$scratch/done"
wait
echo '{"type":"result","text":"all parts read"}' | say
echo "end $$" >> "$scratch/runs"
