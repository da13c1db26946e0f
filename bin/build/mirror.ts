/** Where Debian packages come from. */
import { run, updateLists } from "./tools.ts";

/** The mirror from which this machine gets Debian itself. @throws Error when apt knows none */
export async function mirror(): Promise<string> {
  updateLists();
  const format = "$(ORIGIN) $(LABEL) $(COMPONENT) $(REPO_URI)";
  const targets = await run("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
  const uri = /^Debian Debian main (\S+)$/m.exec(targets)?.[1];
  if (uri === undefined) throw new Error("apt knows no Debian mirror");
  return uri;
}
