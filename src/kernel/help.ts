/** What the page on troubleshooting says; each area keeps the texts of its own gates, and compose/ puts them together. */
export interface Help {
  /** Why it comes to this, in one or two sentences. */
  cause: string;
  /** What a person does, or what happens without one. */
  next: string;
}

/** Of a gate that stands in no list of gates: it has its rule here. */
export interface NamedHelp extends Help {
  rule: string;
}

/** The gates that decide about one thing, with the help for each by its name. */
export interface GateHelp {
  /** A question as a person asks it, such as `Why an order does not come in`. */
  question: string;
  gates: readonly { name: string; rule: string }[];
  help: Readonly<Record<string, Help>>;
}

/** Path of the page, which every caller of this service can open. */
export const HELP_PATH = '/help';

/** Where the page tells about a gate. */
export function helpLink(gate: string): string {
  return `${HELP_PATH}#${gate}`;
}
