/** A client of the CRI, the interface by which Kubernetes has pods run. */
import { join } from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { loadSync, type ServiceDefinition } from "@grpc/proto-loader";
import { HANDLER, IMAGE } from "./containerd.ts";

/** An answer, as proto-loader makes it of a message. */
export interface Message {
  readonly [field: string]: unknown;
}

const SERVICE = "runtime.v1.RuntimeService";

function loadService(): ServiceDefinition {
  const options = { keepCase: true, longs: Number, enums: String, defaults: true };
  const service = loadSync(join(import.meta.dirname, "cri.proto"), options)[SERVICE];
  // A message or an enum has a format.
  if (service === undefined || "format" in service) throw new Error(`cri.proto has no service ${SERVICE}`);
  return service;
}

const service = loadService();

const POD_CGROUP = "/pods";

/** A pod with one container at a time: what the kubelet does, a call each. */
export class Pod {
  private readonly client: Client;
  private readonly config: object;
  private id = "";
  private container = "";

  /** @param linux fields of LinuxPodSandboxConfig */
  constructor(socket: string, name: string, linux: object = {}) {
    this.client = new Client(`unix:${socket}`, credentials.createInsecure());
    this.config = {
      metadata: { name, uid: name, namespace: "default", attempt: 0 },
      // A name is the pod's own where its network is.
      hostname: JSON.stringify(linux).includes("NODE") ? "" : name,
      linux: { cgroup_parent: POD_CGROUP, ...linux },
    };
  }

  call(method: string, request: object): Promise<Message> {
    const definition = service[method];
    if (definition === undefined) throw new Error(`${SERVICE} has no method ${method}`);
    const { path, requestSerialize, responseDeserialize } = definition;
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, answer) =>
        error ? reject(error) : resolve({ ...answer }),
      );
    });
  }

  /** RunPodSandbox, with the handler that a RuntimeClass would name. */
  async run(): Promise<this> {
    const { pod_sandbox_id } = await this.call("RunPodSandbox", { config: this.config, runtime_handler: HANDLER });
    this.id = String(pod_sandbox_id);
    return this;
  }

  /** CreateContainer and StartContainer. @param config fields of ContainerConfig */
  async start(command: readonly string[], config: object = {}): Promise<string> {
    const whole = { metadata: { name: "it", attempt: 0 }, image: { image: IMAGE }, command, ...config };
    const request = { pod_sandbox_id: this.id, config: whole, sandbox_config: this.config };
    this.container = String((await this.call("CreateContainer", request)).container_id);
    await this.call("StartContainer", { container_id: this.container });
    return this.container;
  }

  /** ExecSync: what the command prints on both streams, and its exit code behind that unless it is 0. */
  async exec(...cmd: string[]): Promise<string> {
    const { stdout, stderr, exit_code } = await this.call("ExecSync", {
      container_id: this.container,
      cmd,
      timeout: 20,
    });
    return `${stdout}${stderr}${exit_code === 0 ? "" : exit_code}`;
  }

  /** ContainerStatus: state and exit code. */
  async status(): Promise<string> {
    const { status } = (await this.call("ContainerStatus", { container_id: this.container })) as { status: Message };
    return `${status.state} ${status.exit_code}`;
  }

  /** StopContainer and RemoveContainer. */
  async stop(timeout = 0): Promise<string> {
    await this.call("StopContainer", { container_id: this.container, timeout });
    const status = await this.status();
    await this.call("RemoveContainer", { container_id: this.container });
    return status;
  }

  /** StopPodSandbox and RemovePodSandbox, in whatever state it is. */
  async end(): Promise<void> {
    try {
      if (this.id === "") return;
      await this.call("StopPodSandbox", { pod_sandbox_id: this.id });
      await this.call("RemovePodSandbox", { pod_sandbox_id: this.id });
    } finally {
      this.client.close();
    }
  }
}
