import { Fragment } from 'react'

/** Text whose web addresses can be pressed. Everything becomes a text node; only http and https become links. */
export function Linked({ text }: { text: string }) {
  return text.split(address).map((part, index) => {
    const end = index % 2 === 0 ? 0 : (trailing.exec(part)?.index ?? part.length)
    const href = part.slice(0, end)
    if (!URL.canParse(href)) return part
    return (
      // oxlint-disable-next-line react/no-array-index-key -- the parts of a text never move
      <Fragment key={index}>
        <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
          {href}
        </a>
        {part.slice(end)}
      </Fragment>
    )
  })
}

const address = /(https?:\/\/[^\s<>"'`\p{Script=Han}，。！？；：、）】》”]+)/giu
const trailing = /[.,:;!?)\]}]+$/ // ends the sentence around the address
