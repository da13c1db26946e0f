/** What people do with Docker. */
import { compare } from "./compare.ts";
import { DOCKER } from "./docker.ts";
import { STEPS } from "./docker-steps.ts";

compare(DOCKER, STEPS);
