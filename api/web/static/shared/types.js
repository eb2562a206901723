/**
 * Shapes of the HTTP contract, for JSDoc only.
 *
 * @typedef {'zh' | 'en'} Language
 * @typedef {{zh: string | null, en: string | null}} Bilingual
 * @typedef {{kind: string, text: Bilingual}} Note
 * @typedef {object} ListItem an item of a citation (quote) or of a search result (text); without words it is only named
 * @property {string} clause_id
 * @property {Bilingual} label
 * @property {Bilingual} title
 * @property {string | null} [quote]
 * @property {Language} [lang]
 * @property {{lang: Language, text: string} | null} [quote_other]
 * @property {Bilingual | null} [text]
 * @property {number} closing_paragraphs
 * @property {Note[]} notes
 * @property {string} url
 * @property {ListItem[]} items
 * @typedef {{closing_paragraphs?: number, items?: ListItem[], items_left_out?: number}} WithItems
 * @typedef {WithItems & {clause_id: string, label: Bilingual | string, quote: string, lang: Language, policy_version?: string,
 *   url: string}} Citation
 * @typedef {{title: string, payload: string}} ReplyButton
 * @typedef {{reference: string, type: string, status: string, received_at: string, due_at: string | null,
 *   provisional: boolean, clause_id: string, label: Bilingual, scope?: string | null,
 *   guardian_for_child?: boolean, url: string}} TicketCard
 * @typedef {{id: string, role: 'user' | 'bot' | 'agent', type: string, text: string | null, citations: Citation[],
 *   buttons: ReplyButton[], card: TicketCard | null, created_at: string}} ChatMessage
 * @typedef {{clause_id: string, label: Bilingual, heading: Bilingual, text: Bilingual, paragraphs: Bilingual[],
 *   notes: Note[], parent_id: string | null, child_ids: string[], version: string, url: string}} Clause
 * @typedef {{clause_id: string, label: Bilingual, heading: Bilingual, children: OutlineItem[]}} OutlineItem
 * @typedef {WithItems & {clause_id: string, label: Bilingual, heading: Bilingual, text: Bilingual,
 *   highlights: {zh: number[][], en: number[][]}, score: number, notes: Note[], url: string}} SearchResult
 * @typedef {{query_lang: Language, answerable: boolean, confidence: number, results: SearchResult[],
 *   policy: {id: string, version: string, effective_date: string}}} SearchAnswer
 * @typedef {{type: string, clause_id: string, label: Bilingual, days: number | null, working_days: number | null,
 *   clock_clause_id: string, needs_confirmation: boolean,
 *   grounds: {clause_id: string, label: Bilingual, text: Bilingual}[]}} RequestType
 * @typedef {{kind: string, at: string, actor_kind?: string, actor?: string | null}} RequestEvent
 * @typedef {TicketCard & {events: RequestEvent[], paused?: boolean,
 *   clock?: {days: number | null, working_days: number | null, clause_id: string}}} TrackedRequest
 * @typedef {TicketCard & {contact_masked: string, lang: Language, overdue: boolean, paused?: boolean,
 *   days_left: number | null}} DeskRequest
 */
export {};
