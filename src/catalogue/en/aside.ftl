# What is said while somebody else has the terminal, and what is kept meanwhile.

screen-lines-left-out = [lines left out: { $lines }]
again-output-left-out = [{ $size } KiB of earlier output were left out]
again-cancelled = cancelled
