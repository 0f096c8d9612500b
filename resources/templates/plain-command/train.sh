# Estimates π from random points: of those in a square, π/4 fall into the circle in it. Yours to change.
# The whole contract: parameters and a seed come in, figures and files go out. No library is needed.
set -eu

points=$(sed -n 's/.*"points": *\([0-9][0-9]*\).*/\1/p' "$SUREFOOT_PARAMETERS")

# One line of metrics.jsonl for every figure worth seeing while the command runs.
awk -v points="$points" -v seed="$SUREFOOT_SEED" -v out="$SUREFOOT_OUTPUT" '
BEGIN {
    srand(seed)
    pi = atan2(0, -1)
    for (n = 1; n <= points; n++) {
        x = rand(); y = rand()
        if (x * x + y * y <= 1) inside++
        if (n % int(points / 20 + 1) == 0 || n == points) {
            estimate = 4 * inside / n
            error = estimate > pi ? estimate - pi : pi - estimate
            printf "{\"step\": %d, \"estimate\": %.6f, \"error\": %.6f}\n", n, estimate, error > (out "/metrics.jsonl")
            fflush()
        }
    }
    printf "{\"estimate\": %.6f, \"points\": %d}\n", estimate, points > (out "/estimate.json")
}'

echo "done: $(cat "$SUREFOOT_OUTPUT/estimate.json")"
