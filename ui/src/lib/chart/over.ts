import uPlot from 'uplot';
import type { Line, Marker } from './data';
import type { Paint } from './paint';
import { apart, places } from './labels';

/** Dotted lines where something was deployed, each with its name where there is room. */
export function marked(u: uPlot, markers: readonly Marker[], colours: Paint, font: string): void {
  const { ctx, bbox } = u;
  const px = uPlot.pxRatio;
  ctx.save();
  ctx.font = font.replace(/^(\d+)px/, (_, size: string) => `${Number(size) * px}px`);
  ctx.fillStyle = colours.dim;
  ctx.strokeStyle = colours.dim;
  ctx.lineWidth = px;
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  const lines = markers.map((marker) => ({ x: Math.round(u.valToPos(marker.at, 'x', true)), width: ctx.measureText(marker.label).width, label: marker.label }));
  ctx.setLineDash([2 * px, 2 * px]);
  for (const { x } of lines) {
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  for (const place of places(lines, bbox.left, bbox.left + bbox.width, 5 * px)) {
    // What is written must be read also where a line runs behind it.
    ctx.globalAlpha = 0.82;
    ctx.fillStyle = colours.surface;
    ctx.fillRect(place.left - px, bbox.top - px, place.width + 2 * px, 14 * px);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colours.dim;
    ctx.fillText(place.label, place.left, bbox.top + px);
  }
  ctx.restore();
}

/** The name of each line at its right end, in place of a legend. */
export function named(u: uPlot, lines: readonly Line[], colours: Paint, font: string): void {
  const { ctx, bbox } = u;
  const px = uPlot.pxRatio;
  const ends = lines.flatMap((line) => {
    const value = line.values.findLast((one) => one !== null);
    return value === undefined || value === null ? [] : [{ name: line.name, y: u.valToPos(value, 'y', true) }];
  });
  ctx.save();
  ctx.font = `500 ${font.replace(/^(\d+)px/, (_, size: string) => `${Number(size) * px}px`)}`;
  ctx.fillStyle = colours.ink;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  apart(ends.map((end) => end.y), 12 * px, bbox.top, bbox.top + bbox.height).forEach((y, i) => ctx.fillText(ends[i]?.name ?? '', bbox.left + bbox.width + 6 * px, y));
  ctx.restore();
}
