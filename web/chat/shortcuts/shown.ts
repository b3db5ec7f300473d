/** Whether the list of all keys is shown: a key, a menu or anything else may ask for it. */
import { Cell } from '../../lib/cell.ts'

export const shortcutsShown = new Cell(false)
