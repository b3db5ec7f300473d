/** Whether a name fits a pattern in which `*` stands for any run of characters and `?` for one. Takes no more than pattern times name steps, whatever the pattern. */
export function matches(pattern: string, name: string): boolean {
  let p = 0
  let n = 0
  let star = -1 // the last one seen, to which we come back
  let from = 0 // where in the name its run ends
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p++
      from = n
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p++
      n++
    } else if (star >= 0) {
      p = star + 1
      n = ++from
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}
