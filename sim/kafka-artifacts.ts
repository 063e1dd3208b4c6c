// The jars of Apache Kafka, fetched once from Maven Central through `mvn` and kept in the project's cache
// folder, for sim/kafka-broker.ts.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { OperatingError } from '../core/errors.ts';

/** The newest line the client library is tested against. */
export const KAFKA_VERSION = '4.2.2';

/** What Kafka 4 brokers need. */
const JAVA_VERSION_MIN = 17;

const FETCH_MS_MAX = 10 * 60_000;

export type KafkaAvailability =
  | { readonly available: true }
  | { readonly available: false; readonly reason: string };

/** Whether a broker can be started here; fetches the jars when they are not there yet. */
export async function kafkaAvailability(): Promise<KafkaAvailability> {
  const javaVersion = await findJavaVersion();
  if (javaVersion === undefined) return { available: false, reason: 'java is not installed' };
  if (javaVersion < JAVA_VERSION_MIN) {
    const reason = `java is ${javaVersion}, kafka ${KAFKA_VERSION} needs ${JAVA_VERSION_MIN}`;
    return { available: false, reason };
  }
  try {
    await fetchKafka();
    return { available: true };
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error;
    return { available: false, reason: error.message };
  }
}

/**
 * The folder with Kafka's jars. Rejects with OperatingError `source-unavailable` when Maven is missing or
 * cannot fetch them.
 */
export async function fetchKafka(): Promise<string> {
  const cache = fileURLToPath(new URL('../.cache/kafka', import.meta.url));
  const folder = join(cache, KAFKA_VERSION);
  if (existsSync(folder)) return folder;
  const partial = join(cache, `${KAFKA_VERSION}.${process.pid}.partial`);
  await mkdir(partial, { recursive: true });
  const pomPath = join(partial, 'pom.xml');
  await writeFile(pomPath, pom());
  try {
    await run('mvn', ['-q', '-B', '-f', pomPath, COPY_GOAL, `-DoutputDirectory=${partial}`], {
      timeout: FETCH_MS_MAX,
    });
    await rename(partial, folder);
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    // Someone else may have fetched it at the same time.
    if (existsSync(folder)) return folder;
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new OperatingError(
      'source-unavailable',
      isMissing ? 'maven is not installed' : `maven cannot fetch kafka ${KAFKA_VERSION}`,
      { retry: 'never', cause },
    );
  }
  return folder;
}

const run = promisify(execFile);

const COPY_GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/** A project that needs the broker and something that writes its log to standard error. */
const pom = () => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>plumbline</groupId>
  <artifactId>kafka-broker</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', KAFKA_VERSION)}
    ${dependency('org.slf4j', 'slf4j-simple', '1.7.36')}
  </dependencies>
</project>
`;

const dependency = (group: string, artifact: string, version: string) =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;

/** The major version of `java`, from a first line like: openjdk version "17.0.15" 2025-04-15. */
async function findJavaVersion(): Promise<number | undefined> {
  try {
    const { stderr } = await run('java', ['-version']);
    const major = /version "(\d+)/.exec(stderr)?.[1];
    return major === undefined ? undefined : Number(major);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
