# Draws the guide's picture: the last week's one-hour-ahead forecasts with their intervals, and what came.
#   espalier predict runs/air --input AirQualityUCI.csv --rolling --level 80 --intervals rolling --output air.csv
#   gnuplot -e "forecasts='air.csv'; run='runs/air'" docs/plot_guide.gp > docs/guide.svg
set terminal svg size 1000,360 font "Helvetica,14" background "white" noenhanced
set datafile separator ","
set title "Carbon monoxide, mg/m³: one hour ahead, with 80 % intervals" font ",15"
set xdata time
set timefmt "%Y-%m-%dT%H:%M:%S"
set format x "%d %b"
set xtics 86400 nomirror
set ytics nomirror
set yrange [0:*]
set border 3
set key top left horizontal
set grid ytics lc rgb "#dddddd"
# The run has scored up to six hours before the file's end, where whole horizons end.
shown = " | head -n -6 | tail -n 168"
plot "< grep ',1,CO(GT),' ".forecasts.shown \
       using 1:6:7 with filledcurves fs solid 0.25 noborder lc rgb "#1b7837" title "80 % interval", \
     "< grep ',1,CO(GT),' ".run."/forecasts.csv | tail -n 168" \
       using 1:5 with lines lw 2 lc rgb "#555555" title "truth", \
     "< grep ',1,CO(GT),' ".forecasts.shown \
       using 1:5 with lines lw 2 lc rgb "#1b7837" title "forecast"
