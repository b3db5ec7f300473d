/**
 * How much of a room somebody has not read, as SQL: counted from where the
 * person is, along an index that holds what is needed, and never further than
 * `most`. There is no counter that could be wrong.
 */

/** Stands for itself or more. */
const most = 1000

/** Messages of others that stand. Expressions: a room's id, an offset, a person. */
export const unreadIn = (room: string, read: string, me: string): string => `
  (SELECT count(*) FROM (
    SELECT 1 FROM chat_messages c INDEXED BY chat_messages_standing
    WHERE c.room = ${room} AND c.offset > ${read} AND c.author <> ${me} AND c.removed IS NULL LIMIT ${most}))`

/** Those of them that mention the person, or all. One that does both is one. */
export const mentionsIn = (room: string, read: string, me: string): string => `
  (SELECT min(count(DISTINCT offset), ${most}) FROM (
    SELECT * FROM (SELECT c.offset FROM chat_mentions c
      WHERE c.person = ${me} AND c.room = ${room} AND c.offset > ${read} LIMIT ${most})
    UNION ALL
    SELECT * FROM (SELECT c.offset FROM chat_messages c
      WHERE c.room = ${room} AND c.offset > ${read} AND c.everyone = 1 AND c.removed IS NULL AND c.author <> ${me}
      LIMIT ${most})))`
