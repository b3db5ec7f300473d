/** Stands in the page itself, so that nothing has to be fetched before it runs. */
import './first-paint.ts'
import './ask-early.ts'
