import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments, parse } from 'yaml';
import { repositoryFiles, ROOT, textOf } from '../guards/tree.ts';

const ROLES = ['workflows', 'io', 'inference'];
/** The commands a container may be given. */
const COMMANDS = [/^worker --role [a-z,]+$/u, /^local services$/u];

interface ComposeService {
  readonly command?: readonly string[];
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
}

interface Deployment {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template: {
      readonly metadata: { readonly labels: { readonly role: string } };
      readonly spec: {
        readonly serviceAccountName: string;
        readonly securityContext: { readonly runAsNonRoot: boolean };
        readonly containers: readonly { readonly args: readonly string[]; readonly image: string }[];
      };
    };
  };
}

const dockerfiles = repositoryFiles('infra/docker').filter((file) => file.endsWith('Dockerfile'));
const compose = parse(textOf('infra/docker/compose.yaml'), { merge: true }) as {
  services: Readonly<Record<string, ComposeService>>;
};
const services = Object.entries(compose.services);
const documents = repositoryFiles('infra/k8s').flatMap((file) => parseAllDocuments(textOf(file)));
const objects = documents.map((document) => document.toJS() as Deployment);
const deployments = objects.filter(({ kind }) => kind === 'Deployment');

const rolesOf = (command: readonly string[]): string[] => (command[0] === 'worker' ? (command[2] ?? '').split(',') : []);
const named = (list: ComposeService['depends_on']): string[] => (Array.isArray(list) ? list : Object.keys(list ?? {}));

describe('a Dockerfile', () => {
  for (const file of dockerfiles) {
    const text = textOf(file);
    const instructions = text.replaceAll(/\\\n/gu, ' ').split('\n');

    it(`${file} pins what it starts from`, () => {
      const bases = [...text.matchAll(/^FROM (\S+)(?: AS (\S+))?/gmu)];
      const stages = new Set(bases.map(([, , stage]) => stage));
      const floating = bases.filter(([, base]) => !stages.has(base) && !/:\d+\.\d+/u.test(base ?? ''));
      expect(bases.length).toBeGreaterThan(0);
      expect(floating).toEqual([]);
    });

    it(`${file} ends as a user who is not root, with a health check`, () => {
      const user = instructions.findLast((line) => line.startsWith('USER '));
      expect(user).toMatch(/^USER (?!root)\w+$/u);
      expect(text).toMatch(/^HEALTHCHECK /mu);
    });

    it(`${file} passes every list of words as JSON`, () => {
      const lists = instructions.flatMap((line) => /^(?:ENTRYPOINT|CMD) (.*)$/u.exec(line)?.[1] ?? []);
      for (const list of lists) expect(JSON.parse(list)).toEqual(expect.arrayContaining([expect.any(String)]));
    });
  }

  it('of the command installs what is locked, without install scripts, before the sources are copied', () => {
    const text = textOf('infra/docker/Dockerfile');
    expect(text).toContain('COPY package.json package-lock.json ./');
    expect(text.indexOf('npm ci --ignore-scripts')).toBeGreaterThan(0);
    expect(text.indexOf('npm ci --ignore-scripts')).toBeLessThan(text.indexOf('COPY . .'));
  });

  it('of the command starts the built entry that package.json names', () => {
    const { bin } = JSON.parse(textOf('package.json')) as { bin: { tilescribe: string } };
    expect(textOf('infra/docker/Dockerfile')).toContain(`ENTRYPOINT ["node", "${bin.tilescribe}"]`);
  });
});

describe('compose.yaml', () => {
  it('builds from files that exist', () => {
    const files = services.flatMap(([, { build }]) =>
      build ? [path.join('infra/docker', build.context, build.dockerfile)] : [],
    );
    expect(files.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  it('waits only for services it has', () => {
    const waited = services.flatMap(([, service]) => named(service.depends_on));
    expect(waited.filter((name) => !(name in compose.services))).toEqual([]);
  });

  it('gives every container a command that tilescribe has', () => {
    const commands = services.flatMap(([, { command }]) => (command ? [command.join(' ')] : []));
    expect(commands.filter((command) => !COMMANDS.some((known) => known.test(command)))).toEqual([]);
  });

  it('runs every role of a worker once', () => {
    expect(services.flatMap(([, { command }]) => rolesOf(command ?? [])).toSorted()).toEqual(ROLES.toSorted());
  });
});

describe('the Kubernetes files', () => {
  it('are YAML', () => {
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  });

  it('deploy every role of a worker once, under its own account', () => {
    const roles = deployments.flatMap(({ spec }) => rolesOf(spec?.template.spec.containers[0]?.args ?? []));
    expect(roles.toSorted()).toEqual(ROLES.toSorted());
    const accounts = new Set(objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name));
    for (const { metadata, spec } of deployments) {
      expect(metadata.name).toBe(`tilescribe-${spec?.template.metadata.labels.role}`);
      expect(accounts).toContain(spec?.template.spec.serviceAccountName);
    }
  });

  it('never run as root or from a floating image', () => {
    for (const { spec } of deployments) {
      expect(spec?.template.spec.securityContext.runAsNonRoot).toBe(true);
      expect(spec?.template.spec.containers[0]?.image).toMatch(/:\d+\.\d+\.\d+$/u);
    }
  });
});

describe('the environment of the containers', () => {
  it('names only variables that tilescribe reads', () => {
    const text = repositoryFiles('infra').map(textOf).join('\n');
    const settings = repositoryFiles('schema').map(textOf).join('\n');
    const names = new Set([...text.matchAll(/\bTILESCRIBE_[A-Z_]+/gu)].map(([name]) => name));
    expect([...names].filter((name) => !settings.includes(`${name}:`))).toEqual([]);
  });
});
