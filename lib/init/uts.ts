/** Host and domain name of the container's UTS namespace, sethostname(2). */
import { utf8Length } from "../base/utf8.ts";
import { call, type Step } from "../program/step.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";

/** Sets what config.json gives; the rules of config/ see to it that there is a UTS namespace. */
export function setHostname({ hostname, domainname }: ContainerSpec): Step[] {
  return [
    ...(hostname === undefined
      ? []
      : [call(`set the hostname to ${hostname}`, "sethostname", [hostname, utf8Length(hostname)])]),
    ...(domainname === undefined
      ? []
      : [call(`set the domainname to ${domainname}`, "setdomainname", [domainname, utf8Length(domainname)])]),
  ];
}
