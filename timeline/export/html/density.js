// How many events lie in each stretch of each lane: from sums over fine bins when far, event by event when near.
"use strict";

const FINE = 65536;
const SMALL = 20000; // of so few events no sums are needed

/** Where the fine bins lie: as those of the events that are only counted, else over all that are listed. */
function binsOf(mode, report, events) {
  const table = events.density[mode];
  if (table) return { first: report.density.first, step: table.step, bins: table.bins };
  const first = events.times[0];
  const step = Math.floor((events.times[events.rows - 1] - first) / FINE) + 1;
  return { first, step, bins: FINE };
}

/** Running sums by lane and bin, of listed events and of those only counted; null where there are few. */
function sumsOf(mode, lanes, lane, report, events) {
  const table = events.density[mode];
  if (!table && events.rows <= SMALL) return null;
  const { first, step, bins } = binsOf(mode, report, events);
  const sums = { first, step, bins, listed: lanes.map(() => new Uint32Array(bins + 1)), rest: table ? lanes.map(() => new Uint32Array(bins + 1)) : null };
  sums.from = placeOf(events.times, first);
  sums.to = placeOf(events.times, first + step * bins);
  for (let place = sums.from; place < sums.to; place += 1) sums.listed[lane[place]][Math.floor((events.times[place] - first) / step) + 1] += 1;
  if (table) addTable(sums.rest, table, lanes);
  for (const row of [...sums.listed, ...(sums.rest || [])]) for (let bin = 1; bin <= bins; bin += 1) row[bin] += row[bin - 1];
  return sums;
}

function addTable(rest, table, lanes) {
  const byKey = new Map(lanes.map((lane, place) => [lane.key, place]));
  table.keys.forEach((key, row) => {
    const target = rest[byKey.get(key) ?? lanes.length - 1];
    const counts = table.counts.subarray(row * table.bins, (row + 1) * table.bins);
    for (let bin = 0; bin < table.bins; bin += 1) target[bin + 1] += counts[bin];
  });
}

/** The sum up to each edge of the view's bins, between two fine bins in proportion. */
function edgeSums(row, edges, exact) {
  const sums = new Float64Array(edges.length);
  for (let edge = 0; edge < edges.length; edge += 1) {
    const whole = Math.floor(edges[edge]);
    const part = exact ? 0 : edges[edge] - whole;
    sums[edge] = row[whole] + (part ? part * (row[whole + 1] - row[whole]) : 0);
  }
  return sums;
}

function differences(sums) {
  const counts = new Float64Array(sums.length - 1);
  for (let bin = 0; bin < counts.length; bin += 1) counts[bin] = sums[bin + 1] - sums[bin];
  return counts;
}

function countEach(view, counts, low, width, from, to) {
  const { times } = view.events;
  const last = counts.length ? counts[0].length - 1 : 0;
  for (let place = from; place < to; place += 1) counts[view.lane[place]][Math.min(last, Math.floor((times[place] - low) / width))] += 1;
}

/**
 * {counts, rest, from, to, width, number, unlisted} of [low, high): by lane and bin how many events, and how many of these are only counted;
 * where bins are finer than the counts, these are spread evenly over their own bin.
 */
function densityOf(view, low, high, bins) {
  const width = (high - low) / bins;
  const [from, to] = [placeOf(view.events.times, low), placeOf(view.events.times, high)];
  const { sums } = view;
  const far = sums && width >= sums.step;
  const edges = sums && Float64Array.from({ length: bins + 1 }, (_, bin) => Math.max(0, Math.min(sums.bins, (low + bin * width - sums.first) / sums.step)));
  const rest = view.lanes.map((_, lane) => (sums && sums.rest ? differences(edgeSums(sums.rest[lane], edges, far)) : null));
  const counts = view.lanes.map((_, lane) => (far ? differences(edgeSums(sums.listed[lane], edges, true)) : new Float64Array(bins)));
  if (far) {
    countEach(view, counts, low, width, from, Math.min(to, sums.from));
    countEach(view, counts, low, width, Math.max(from, sums.to), to);
  } else {
    countEach(view, counts, low, width, from, to);
  }
  const unlisted = rest.reduce((sum, lane) => (lane ? lane.reduce((one, two) => one + two, sum) : sum), 0);
  rest.forEach((lane, place) => lane && lane.forEach((number, bin) => { counts[place][bin] += number; }));
  return { counts, rest, from, to, width, unlisted: Math.round(unlisted), number: Math.round(unlisted) + to - from };
}

/** How many events that pass the filters lie in each stretch; null where no filter is set. */
function passingOf(view, density) {
  if (!list.passes) return null;
  const { times } = view.events;
  const bins = density.counts[0].length;
  const counts = view.lanes.map(() => new Float64Array(bins));
  for (let place = density.from; place < density.to; place += 1) {
    if (list.passes[place]) counts[view.lane[place]][Math.min(bins - 1, Math.floor((times[place] - view.low) / density.width))] += 1;
  }
  return counts;
}

/** The command that lists what the picture only counts. */
function exportCommand(low, high, stream) {
  const quoted = stream ? ` --source '${stream.replaceAll("'", "'\\''")}'` : "";
  return `timeline events --from ${exactly(Math.floor(low))} --to ${exactly(Math.ceil(high))}${quoted} -o slice.csv`;
}
