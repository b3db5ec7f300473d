/**
 * How a picture is looked at: how much larger than it fits, and how far its
 * middle is moved. Numbers only: fingers and wheels are elsewhere.
 */
export interface View {
  readonly scale: number // 1: it fits
  readonly x: number // pixels, of its middle from the middle of the stage
  readonly y: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

interface Point {
  readonly x: number // from the middle of the stage
  readonly y: number
}

export const fitted: View = { scale: 1, x: 0, y: 0 }

/** What is under the point stays under it. */
export function zoomed(view: View, factor: number, point: Point, most: number): View {
  const scale = Math.min(most, Math.max(1, view.scale * factor))
  const by = scale / view.scale
  return { scale, x: point.x - (point.x - view.x) * by, y: point.y - (point.y - view.y) * by }
}

/** No edge of the picture comes further in than the stage's; what is smaller stays in the middle. @param fit its size at scale 1 */
export function within({ scale, x, y }: View, fit: Size, stage: Size): View {
  const room = (picture: number, place: number): number => Math.max(0, (picture * scale - place) / 2)
  return {
    scale,
    x: clamp(x, room(fit.width, stage.width)),
    y: clamp(y, room(fit.height, stage.height)),
  }
}

/** The size that a picture has when it fits: never larger than it is. */
export function fitOf(picture: Size, stage: Size): Size {
  const share = Math.min(1, stage.width / picture.width, stage.height / picture.height)
  return { width: picture.width * share, height: picture.height * share }
}

/** As large as it really is, and large enough to see more than before. */
export function fullScale(picture: Size, stage: Size): number {
  return Math.max(2, picture.width / Math.max(1, fitOf(picture, stage).width))
}

/** `-0` is no place. */
const clamp = (value: number, most: number): number => Math.min(most, Math.max(-most, value)) || 0
