import { later } from '../../ui/later.tsx'
import type { AudioPlayerProps } from './audio-player.tsx'

/** Fetched with the first sound. */
export const AudioPlayer = later<AudioPlayerProps>(async () => (await import('./audio-player.tsx')).AudioPlayer)
