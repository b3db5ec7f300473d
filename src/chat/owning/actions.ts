/** What those can do who answer for a room or for the server: reports, and what was done. */
import * as z from 'zod'
import { action, done } from '../action.ts'
import { roles } from '../events.ts'
import { offset, roomId } from '../messages/actions.ts'
import { personView } from '../views.ts'
import { auditLog } from './audit-log.ts'
import { listReports, report, settleReport } from './reports.ts'

const time = z.int().describe('milliseconds since 1970')
const page = {
  room: roomId.optional().describe('only of this room, which you moderate; without it, all: for administrators'),
  before: z.int().min(1).optional().describe('`next` of the page before'),
  limit: z.int().min(1).max(200).default(50),
}
const next = z.int().optional().describe('ask for more with it as `before`; absent at the end')
const people = z.array(personView)

const reportView = z
  .object({
    id: z.int(),
    room: z.string(),
    roomName: z.string().describe('empty for a room of two'),
    offset: z.int(),
    from: z.string().describe('who wrote the message'),
    role: z.enum(roles).optional().describe('what they are in the room now; absent if they are no member any more'),
    by: z.string().describe('who reports it'),
    reason: z.string(),
    time,
    text: z.string().describe('what the message said when it was reported'),
    gone: z.boolean().describe('the message was taken back, or is no longer kept'),
    settled: z.object({ time, by: z.string(), outcome: z.string() }).optional(),
  })
  .meta({ id: 'Report' })

const auditView = z
  .object({
    id: z.int(),
    time,
    by: z.string().describe('empty: with the key of the server'),
    action: z.string(),
    room: z.string().optional(),
    person: z.string().optional().describe('to whom'),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry' })

export const owningActions = {
  'messages.report': action({
    summary: 'Shows a message to who moderates the room, and to the administrators.',
    limit: 'change',
    input: z.object({ room: roomId, offset, reason: z.string().trim().max(1000).default('') }),
    output: done,
    run: (call, complaint) => report(call.chat, call.me, complaint),
  }),
  'reports.list': action({
    summary: 'Messages that were reported, the newest first.',
    input: z.object({ ...page, settled: z.boolean().default(false).describe('those that are done with') }),
    output: z.object({ reports: z.array(reportView), people, next }),
    run: (call, query) => listReports(call.chat, call.me, query),
  }),
  'reports.settle': action({
    summary: 'A report is done with. What is done about the message or its author is another action.',
    limit: 'change',
    input: z.object({
      report: z.int().min(1),
      outcome: z.enum(['dismissed', 'acted']),
      note: z.string().trim().max(500).default(''),
    }),
    output: done,
    run: (call, input) => settleReport(call.chat, call.me, input),
  }),
  'audit.list': action({
    summary: 'What moderators and administrators did, the newest first.',
    input: z.object(page),
    output: z.object({ entries: z.array(auditView), people, next }),
    run: (call, query) => auditLog(call.chat, call.me, query),
  }),
}
