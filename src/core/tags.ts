/** Words that a publisher puts beside a payload, so that it can be told apart without being looked into. */
export type Tags = Readonly<Record<string, string>>

/** Whether a subscriber wants a publication with these tags. */
export type TagsFilter = (tags: Tags | undefined) => boolean
