import { elementOf, type X12Segment, type X12Set } from '../../formats/x12.js';
import type { ErrorDetail } from '../../kernel/errors.js';
import { loopsOf, placeOf } from './set-reading.js';

/** A level of a ship notice: shipment, order, pallet, parcel or item, with those below it. */
export interface Level {
  head: X12Segment;
  /** S, O, T, P, I. */
  code: string;
  segments: readonly X12Segment[];
  parent: Level | null;
  children: Level[];
}

const RANKS = ['S', 'O', 'T', 'P', 'I'];

/** Levels by what HL02 says; where it says nothing, below the nearest before it that is of a higher rank. BSN05 is not asked. */
export function levelsOf(
  set: X12Set,
  problems: ErrorDetail[],
): { before: X12Segment[]; levels: Level[]; after: X12Segment[] } {
  const { before, loops, after } = loopsOf(set, 'HL', ['CTT', 'SE']);
  const byNumber = new Map<string, Level>();
  const levels: Level[] = [];
  for (const { head, rest } of loops) {
    const [number, above, code] = [elementOf(head, 1), elementOf(head, 2), elementOf(head, 3)];
    const parent = above === '' ? nearest(levels, code) : byNumber.get(above);
    if (parent === undefined)
      problems.push({
        at: placeOf(head, 2),
        message: `names the level ${above.slice(0, 12)}, which has not come before`,
      });
    if (byNumber.has(number))
      problems.push({ at: placeOf(head, 1), message: `the level ${number.slice(0, 12)} stands there twice` });
    const level: Level = { head, code, segments: rest, parent: parent ?? null, children: [] };
    level.parent?.children.push(level);
    byNumber.set(number, level);
    levels.push(level);
  }
  return { before, levels, after };
}

function nearest(levels: readonly Level[], code: string): Level | null {
  const rank = RANKS.indexOf(code);
  return levels.findLast((level) => RANKS.indexOf(level.code) < rank) ?? null;
}

/** The level itself and all above it, from below. */
export function upwards(level: Level): Level[] {
  const found: Level[] = [];
  for (let at: Level | null = level; at; at = at.parent) found.push(at);
  return found;
}
