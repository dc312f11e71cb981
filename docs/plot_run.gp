# Draws a run: what it forecast against what came, and how pruning went.
#   gnuplot -e "run='runs/seattle-weather'; unit='temp_max, °C'" docs/plot_run.gp > docs/run.svg
set terminal svg size 1000,640 font "Helvetica,14" background "white" noenhanced
set datafile separator ","
set multiplot

set origin 0,0.45
set size 1,0.55
set title "Last 120 scored days: truth and the pruned LSTM's one-day-ahead forecast" font ",15"
set ylabel unit
set xdata time
set timefmt "%Y-%m-%d"
set format x "%b %Y"
set xtics 2629800 nomirror
set ytics nomirror
set border 3
set key top right
set grid ytics lc rgb "#dddddd"
plot "< (head -n 1 ".run."/forecasts.csv; tail -n 120 ".run."/forecasts.csv)" \
       skip 1 using 1:5 with lines lw 2 lc rgb "#555555" title "truth", \
     "" skip 1 using 1:6 with lines lw 2 lc rgb "#1b7837" title "forecast"

set origin 0,0
set size 1,0.45
set xdata
set format x "%g"
set xtics autofreq nomirror
set title "Training: weights pruned away, and the validation loss all the while" font ",15"
set xlabel "epoch"
set ylabel "validation loss" textcolor rgb "#1b7837"
set y2label "pruned, %" textcolor rgb "#762a83"
set y2tics
set yrange [0:0.4]
set y2range [0:100]
set border 11
set key at graph 0.3, graph 0.75
set datafile separator ":,"
plot run."/metrics.jsonl" using ($2+1):6 with lines lw 2 lc rgb "#1b7837" title "validation loss", \
     "" using ($2+1):($8*100) axes x1y2 with steps lw 2 lc rgb "#762a83" title "pruned"
unset multiplot
