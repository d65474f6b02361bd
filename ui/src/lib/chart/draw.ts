import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { cumulated, endOf, highest, type Line, type Marker, type Plot } from './data';
import { timeMarks } from './days';
import { tickLabels, ticks } from './numbers';
import { marked, named } from './over';
import { paint } from './paint';

export type Size = { width: number; height: number };
export type Told = {
  /** The bucket under the crosshair, and how far right it is. */
  move: (at: { i: number; left: number } | undefined) => void;
  /** A range of time was drawn over. */
  zoom: (from: number, to: number) => void;
};
export type Drawn = {
  resize: (size: Size) => void;
  /** Puts the crosshair on a bucket. */
  point: (i: number | undefined) => void;
  /** Shows a range of buckets as chosen. */
  choose: (from: number | undefined, to: number) => void;
  destroy: () => void;
};

const DASH: Record<string, number[] | undefined> = { dash: [6, 4], dot: [2, 3] };
/** Room at the right end for the names of lines. */
const NAMES_PX = 36;
const SHORT = 4;
const MARK_PX = 76;
const EDGE_PX = 10;
const AXIS_PX = 42;
/** A shorter drag is a click. */
const DRAG_PX = 6;
const SYNC = 'time';

/** Draws a plot into an element: everything of the library is behind this function. */
export function draw(element: HTMLElement, plot: Plot, markers: readonly Marker[], size: Size, told: Told): Drawn {
  const colours = paint(element);
  const font = `11px ${colours.font}`;
  const last = plot.at.length - 1;
  const [from, to] = [plot.at[0] ?? 0, endOf(plot, last)];
  const middle = plot.at.map((at, i) => (at + endOf(plot, i)) / 2);
  const marks = ticks(highest(plot));
  // Names that are longer are in a legend.
  const direct = plot.kind === 'line' && plot.lines.length > 1 && plot.lines.every((line) => line.name.length <= SHORT);
  const stacks = plot.kind === 'bars';
  // What lies higher is drawn first, so that what is below it covers its foot.
  const order = stacks ? plot.lines.map((_, i) => plot.lines.length - 1 - i) : plot.lines.map((_, i) => i);
  const heights = stacks ? cumulated(plot.lines) : plot.lines.map((line) => [...line.values]);
  let silent = false;
  /** A bar is named below its middle, a moment where it is; never beyond the edge. */
  const axis = (self: uPlot) => {
    const width = self.bbox.width / uPlot.pxRatio;
    const half = stacks ? ((middle[0] ?? from) - from) : 0;
    return timeMarks(from, to, Math.max(2, Math.floor(width / MARK_PX)), Date.now())
      .map((mark) => ({ ...mark, at: mark.at + half }))
      .filter((mark) => mark.at < to && ((to - mark.at) / (to - from)) * width > EDGE_PX);
  };

  const series = (line: Line): uPlot.Series => {
    const stroke = colours.tone[line.tone];
    if (stacks) return { fill: stroke, stroke: colours.surface, width: 1, paths: uPlot.paths.bars?.({ size: [0.76, 48] }), points: { show: false } };
    return {
      stroke,
      width: 1.6,
      dash: DASH[line.stroke ?? ''],
      fill: plot.kind === 'area' ? colours.bad : undefined,
      // Between two gaps there is no line: a value alone is a dot.
      points: { show: true, size: 4, stroke, fill: stroke, filter: (u, s) => alone(u.data[s] ?? []) },
    };
  };

  const u = new uPlot(
    {
      ...size,
      padding: [10, direct ? NAMES_PX : 12, 0, 0],
      legend: { show: false },
      scales: { x: { time: false, range: [from, to] }, y: { range: [0, marks.at(-1) ?? 1] } },
      axes: [
        {
          stroke: colours.dim,
          font,
          size: 26,
          gap: 6,
          grid: { show: false },
          ticks: { show: false },
          splits: (self) => axis(self).map((mark) => mark.at),
          values: (self) => axis(self).map((mark) => mark.label),
        },
        { stroke: colours.dim, font, size: AXIS_PX, gap: 8, grid: { stroke: colours.grid, width: 1 }, ticks: { show: false }, splits: () => marks, values: () => tickLabels(plot.unit, marks) },
      ],
      series: [{}, ...order.map((i) => series(plot.lines[i] as Line))],
      cursor: {
        y: false,
        points: { show: !stacks, size: 6 },
        drag: { x: true, y: false, setScale: false, dist: DRAG_PX },
        // One crosshair over all charts of the page; what is chosen is chosen in one of them.
        sync: { key: SYNC, scales: ['x', null], filters: { pub: (type) => type !== 'mousedown' && type !== 'mouseup' } },
      },
      hooks: {
        setCursor: [
          (self) => {
            const { idx, left = -1 } = self.cursor;
            if (typeof idx !== 'number' || left < 0) told.move(undefined);
            else told.move({ i: idx, left: self.over.offsetLeft + self.valToPos(middle[idx] ?? 0, 'x') });
          },
        ],
        setSelect: [
          (self) => {
            if (silent || self.select.width < DRAG_PX) return;
            const [start, end] = [self.posToVal(self.select.left, 'x'), self.posToVal(self.select.left + self.select.width, 'x')];
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            const first = Math.max(0, plot.at.findLastIndex((at) => at <= start));
            const final = Math.max(first, plot.at.findLastIndex((at) => at < end));
            told.zoom(plot.at[first] ?? start, endOf(plot, final));
          },
        ],
        draw: [
          (self) => {
            marked(self, markers.filter((marker) => marker.at >= from && marker.at <= to), colours, font);
            if (direct) named(self, plot.lines, colours, font);
          },
        ],
      },
    },
    [middle, ...order.map((i) => heights[i] ?? [])] as uPlot.AlignedData,
    element,
  );

  return {
    resize: (next) => u.setSize(next),
    point: (i) => u.setCursor(i === undefined ? { left: -10, top: -10 } : { left: u.valToPos(middle[i] ?? 0, 'x'), top: 1 }),
    choose: (first, final) => {
      silent = true;
      const left = first === undefined ? 0 : u.valToPos(plot.at[Math.min(first, final)] ?? 0, 'x');
      const right = first === undefined ? 0 : u.valToPos(endOf(plot, Math.max(first, final)), 'x');
      u.setSelect({ left, top: 0, width: right - left, height: first === undefined ? 0 : u.over.clientHeight }, false);
      silent = false;
    },
    destroy: () => u.destroy(),
  };
}

function alone(column: ArrayLike<number | null | undefined>): number[] {
  const found: number[] = [];
  const there = (i: number) => typeof column[i] === 'number';
  for (let i = 0; i < column.length; i++) if (there(i) && !there(i - 1) && !there(i + 1)) found.push(i);
  return found;
}
