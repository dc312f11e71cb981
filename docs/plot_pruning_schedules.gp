# Draws sparsity over training for each schedule: what updates aimed at, and what they achieved.
#   for schedule in cubic zhu_gupta linear exponential one_shot; do
#     ramp='"ramp_epochs":30'; [ $schedule = one_shot ] && ramp='"ramp_epochs":null'
#     espalier train configs/seattle_weather.json --out runs/schedules/$schedule -o "regularizers=[
#       {\"type\":\"pruning\",\"schedule\":\"$schedule\",\"max_sparsity\":0.75,\"warmup_epochs\":5,$ramp}]"
#   done
#   gnuplot -e "runs='runs/schedules'" docs/plot_pruning_schedules.gp > docs/pruning_schedules.svg
set terminal svg size 1000,540 font "Helvetica,14" background "white" noenhanced
set title "Weights pruned at each update of the masks: targets (lines) and what was achieved (points)" font ",15"
set xlabel "training step" offset 0,0.5
set ylabel "pruned weights, %"
last = 640  # epoch 40; no mask changes after the ramp
set xrange [0:last]
set yrange [0:80]
set xtics nomirror
set ytics nomirror
set border 3
set grid ytics lc rgb "#dddddd"
set key outside bottom center horizontal maxrows 2

# Step, target and achieved sparsity of every update. The target alone goes on to the end.
updates(schedule) = "< awk -F '[:,]' '{ if (NR == 1) print $6, 0, \"nan\"; target = 100 * $8; ".\
    "print $6, target, 100 * $10 } END { print ".last.", target, \"nan\" }' ".\
    runs."/".schedule."/pruning.jsonl"

schedules = "cubic zhu_gupta linear exponential one_shot"
array colour[5] = ["#1b7837", "#762a83", "#e08214", "#2166ac", "#888888"]
plot for [i = 1:5] updates(word(schedules, i)) using 1:2 with steps lw 2 lc rgb colour[i] \
       title word(schedules, i), \
     for [i = 1:5] updates(word(schedules, i)) using 1:3 with points pt 7 ps 0.35 \
       lc rgb colour[i] notitle, \
     NaN with points pt 7 ps 0.5 lc rgb "#333333" title "achieved"
