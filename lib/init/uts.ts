/** Host and domain name of the container's UTS namespace, sethostname(2). */
import { call, type Step } from "../program/step.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";

/** Sets what config.json gives; the rules of config/ see to it that there is a UTS namespace. Names are ASCII. */
export function setHostname({ hostname, domainname }: ContainerSpec): Step[] {
  return [
    ...(hostname === undefined
      ? []
      : [call(`set the hostname to ${hostname}`, "sethostname", [hostname, hostname.length])]),
    ...(domainname === undefined
      ? []
      : [call(`set the domainname to ${domainname}`, "setdomainname", [domainname, domainname.length])]),
  ];
}
