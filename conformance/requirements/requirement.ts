/**
 * What runtime-spec 1.3 demands of a runtime for Linux: a row for each MUST, MUST NOT, REQUIRED and SHALL of its documents, in
 * their order. Demands that say the same of several properties share a row. What concerns other platforms alone is left out.
 */

/** One demand, and how it is met. */
export type Requirement = readonly [
  /** Heading in the document. */
  section: string,
  /** The demand in the document's words, shortened. */
  demand: string,
  /** How it is met; where it begins with `Unmet:`, why it is not. */
  how: string,
  /** The file below test/ that shows it, without `.test.ts`. */
  file: string,
  /** The name of the test in that file, or so much of it as is written there. */
  test: string,
];

/** The demands of one document of runtime-spec. */
export interface Document {
  /** `config.md`. */
  readonly name: string;
  readonly requirements: readonly Requirement[];
}
