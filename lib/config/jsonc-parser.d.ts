/** The parser alone: the package's entry brings a formatter too, with 200 kB of ready-made indentation. */
declare module "jsonc-parser/lib/esm/impl/parser.js" {
  export { parseTree } from "jsonc-parser";
}
