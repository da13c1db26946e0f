import { rules } from "./table.ts";

const map = (containerID: number, hostID: number, size: number): object => ({ containerID, hostID, size });
const USER = [{ type: "user" }];
const user = (
  uidMappings: unknown,
  gidMappings: unknown = [map(0, 0, 1)],
  namespaces: unknown = USER,
): { linux: object } => ({
  linux: { namespaces, uidMappings, gidMappings },
});
const mount = (more: object, linux: object = {}): Record<string, unknown> => ({
  mounts: [{ destination: "/a", ...more }],
  linux,
});
const IDS = [map(0, 1, 1)];
const process = (uid: number, gid: number, additionalGids: number[]) => ({
  user: { uid, gid, additionalGids },
  args: ["true"],
  cwd: "/",
});

rules({
  "ranges side by side": { config: user([map(0, 1, 1001), map(1001, 0, 1), map(1002, 1002, 64535)]) },
  "the whole of the ids": { config: user([map(0, 0, 4294967295)]) },
  "a range past the last id": {
    config: user([map(1, 0, 4294967295)]),
    faults: ["/linux/uidMappings/0/size must end at id 4294967294 or below: with containerID 1 it ends at 4294967295"],
  },
  "ranges that meet inside": {
    config: user([map(10, 0, 1), map(0, 100, 11)]),
    faults: ["/linux/uidMappings/0/containerID must map each id once: /linux/uidMappings/1 maps 10 too"],
  },
  "ranges that meet outside": {
    config: user([map(0, 100, 2), map(5, 101, 1)]),
    faults: ["/linux/uidMappings/1/hostID must map each id once: /linux/uidMappings/0 maps 101 too"],
  },

  "a user namespace to join needs no mappings": {
    config: { linux: { namespaces: [{ type: "user", path: "/proc/1/ns/user" }] } },
  },
  "a new user namespace without mappings": {
    config: { linux: { namespaces: USER, gidMappings: [] } },
    faults: [
      "/linux/uidMappings must map at least one id into the new user namespace: it is missing",
      "/linux/gidMappings must map at least one id into the new user namespace: it is an empty array",
    ],
  },
  "a user namespace with an empty path is a new one": {
    config: user(undefined, IDS, [{ type: "user", path: "" }]),
    faults: ["/linux/uidMappings must map at least one id into the new user namespace: it is missing"],
  },
  "empty mappings are as good as none": { config: user([], [], []) },
  "mappings without a user namespace": {
    config: user(IDS, IDS, []),
    faults: [
      "/linux/uidMappings must be absent without a user namespace: /linux/namespaces has none of type user",
      "/linux/gidMappings must be absent without a user namespace: /linux/namespaces has none of type user",
    ],
  },

  "a user that is mapped": {
    config: { ...user([map(5, 1, 2)], [map(0, 1, 1), map(7, 2, 3)]), process: process(6, 0, [7, 9]) },
  },
  "a user that is not mapped": {
    config: { ...user([map(5, 1, 2)], [map(0, 1, 1), map(7, 2, 3)]), process: process(7, 1, [9, 10]) },
    faults: [
      "/process/user/uid must be an id of the container that /linux/uidMappings maps: it is 7",
      "/process/user/gid must be an id of the container that /linux/gidMappings maps: it is 1",
      "/process/user/additionalGids/1 must be an id of the container that /linux/gidMappings maps: it is 10",
    ],
  },
  "a user of a namespace to join may be any": {
    config: { linux: { namespaces: [{ type: "user", path: "/u" }], uidMappings: IDS }, process: process(7, 7, [7]) },
  },
  "a user without a user namespace may be any": { config: { process: process(7, 7, [7]) } },

  "a mount with both mappings": { config: mount({ options: ["bind", "ridmap"], uidMappings: IDS, gidMappings: IDS }) },
  "a mount with one mapping only": {
    config: mount({ uidMappings: IDS }),
    faults: ["/mounts/0/gidMappings must be there when the other mapping is: it is missing"],
  },
  "a mount with the other mapping only": {
    config: mount({ uidMappings: [], gidMappings: IDS }),
    faults: ["/mounts/0/uidMappings must be there when the other mapping is: it is an empty array"],
  },
  "a mount whose mapping is none that the kernel takes": {
    config: mount({ uidMappings: IDS, gidMappings: [map(0, 0, 2), map(1, 5, 1)] }),
    faults: ["/mounts/0/gidMappings/1/containerID must map each id once: /mounts/0/gidMappings/0 maps 1 too"],
  },
  "idmap with the container's mappings": {
    config: mount({ options: ["bind", "idmap"] }, { namespaces: USER, uidMappings: IDS, gidMappings: IDS }),
  },
  "idmap without any mappings": {
    config: mount({ options: ["bind", "idmap"] }),
    faults: ['/mounts/0/options/1 must come with uidMappings and gidMappings, or with a user namespace: it is "idmap"'],
  },
  "ridmap without any mappings": {
    config: mount({ options: ["ridmap"] }),
    faults: [
      '/mounts/0/options/0 must come with uidMappings and gidMappings, or with a user namespace: it is "ridmap"',
    ],
  },
});
