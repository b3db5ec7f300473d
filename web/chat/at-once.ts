/** Stands in the page itself, so that nothing has to be fetched before it runs. */
import { askEarly } from './ask-early.ts'
import { chooseLight } from './first-paint.ts'

askEarly()
chooseLight()
