// Forecasts by onnxruntime: node onnx_forecasts.js JOBS RESULTS
//
// JOBS is a JSON list of {"model": FILE, "window": L, "features": F, "values": [...], "batches": [...]}, the
// values being windows one behind the other. RESULTS gets one entry for each: for every size of a
// batch all forecasts, one behind the other, of each output; and what input and outputs are called.
const fs = require('fs');
const ort = require('onnxruntime-node');

async function forecasts(session, job, batch) {
  const size = job.window * job.features;
  const all = Object.fromEntries(session.outputNames.map(name => [name, []]));
  for (let at = 0; at < job.values.length; at += batch * size) {
    const values = Float64Array.from(job.values.slice(at, at + batch * size));
    const window =
        new ort.Tensor('float64', values, [values.length / size, job.window, job.features]);
    const made = await session.run({window});
    for (const name of session.outputNames) all[name].push(...made[name].data);
  }
  return all;
}

async function main() {
  const results = [];
  for (const job of JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))) {
    const session = await ort.InferenceSession.create(job.model, {logSeverityLevel: 2});
    const of_batches = [];
    for (const batch of job.batches) of_batches.push(await forecasts(session, job, batch));
    results.push({inputs: session.inputNames, outputs: session.outputNames, forecasts: of_batches});
  }
  fs.writeFileSync(process.argv[3], JSON.stringify(results));
}

main().catch(error => {
  console.error(error.message);
  process.exit(1);
});
