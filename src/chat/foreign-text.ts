/**
 * Text that comes from elsewhere (a page's title, the name that a webhook gives
 * itself) and is shown to people in one line between our own words: nothing
 * in it may leave its place, turn the direction of what stands beside it, or
 * be there without being seen. It stays text: whoever shows it escapes it.
 */

/** @param longest code points; what is longer ends in `…` */
export function foreignLine(text: string, longest: number): string {
  const shown = text
    .slice(0, longest * 8) // before any more work is spent on it
    .toWellFormed()
    .replaceAll(/[\t-\r]/g, ' ')
    .replaceAll(hidden, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(towers, '$1')
    .trim()
  const points = Array.from(shown)
  return points.length <= longest
    ? shown
    : `${points
        .slice(0, longest - 1)
        .join('')
        .trimEnd()}…`
}

// Controls, private and unassigned code points, directions and whatever else is drawn as nothing; but not the
// joiners and selectors that emoji and some scripts are written with.
const hidden =
  /(?!\u200C|\u200D|\uFE0E|\uFE0F)[\p{Cc}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2800\uFFF9-\uFFFB]/gu
const towers = /(\p{M}{4})\p{M}+/gu
