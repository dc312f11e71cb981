# Draws how long each epoch of a pruning run took, beside the share of pruned weights.
#   gnuplot -e "run='runs/sp500'" docs/plot_epoch_time.gp > docs/epoch_time.svg
set terminal svg size 900,420 font "Helvetica,14" background "white" noenhanced
set title "An epoch takes less time the more weights are gone" font ",15"
field_of(file, name) = "< sed -E 's/.*\"".name."\": *([0-9.e-]+).*/\\1/' ".run."/".file
set xlabel "epoch"
set ylabel "seconds per epoch" textcolor rgb "#1b7837"
set y2label "share of pruned weights" textcolor rgb "#762a83"
set yrange [0:*]
set y2range [0:1]
set ytics nomirror
set y2tics
set xtics nomirror
set grid ytics lc rgb "#dddddd"
set border 11
set key off
plot field_of("timing.jsonl", "seconds") using 0:1 with linespoints lw 2 pt 7 ps 0.5 lc rgb "#1b7837", \
     field_of("metrics.jsonl", "sparsity") using 0:1 axes x1y2 with lines lw 2 dt 2 lc rgb "#762a83"
