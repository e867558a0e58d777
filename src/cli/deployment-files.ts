/** How validators are run on real machines: a unit for systemd, and a file for Docker Compose. */

/**
 * The service of one validator. Its paths are the usual ones of a package; the password comes as a
 * credential, so that it lies in no file that the service's user could read.
 */
export function systemdUnit(index: number): string {
  return `# Validator ${index}. On its machine, with the node in /opt/iost-node (\`npm install\` done there):
#   useradd --system --home-dir /var/lib/iostd iostd
#   copy this folder to /var/lib/iostd and give it to the user: chown -R iostd: /var/lib/iostd
#   put the password into /etc/iostd/password, mode 0600, owner root
#   systemctl enable --now /var/lib/iostd/iostd.service
[Unit]
Description=IOST node (validator ${index})
Wants=network-online.target
After=network-online.target

[Service]
User=iostd
WorkingDirectory=/opt/iost-node
LoadCredential=password:/etc/iostd/password
ExecStart=/opt/iost-node/node_modules/.bin/node src/main.ts start --config /var/lib/iostd/config.json --set identity.passwordFile=%d/password
Restart=on-failure
RestartSec=5
# An ordered stop takes up to supervisor.stopTimeoutMs.
TimeoutStopSec=20
LimitNOFILE=65536
NoNewPrivileges=true
PrivateTmp=true
ProtectSystem=strict
ProtectHome=true
ReadWritePaths=/var/lib/iostd

[Install]
WantedBy=multi-user.target
`;
}

/** All validators as services of one machine; `folders` lie beside the file. */
export function composeFile(folders: readonly string[]): string {
  const services = folders.map(
    (folder, index) => `  ${folder}:
    image: node:24-bookworm
    user: "\${IOST_USER:-1000}"
    working_dir: /opt/iost-node
    command: [node, src/main.ts, start, --config, /var/lib/iostd/config.json, --set, identity.passwordFile=/run/secrets/password, --set, rpc.host=0.0.0.0, --set, telemetry.host=0.0.0.0]
    volumes:
      - "\${IOST_NODE:?set IOST_NODE to the folder of the node, with npm install done in it}:/opt/iost-node:ro"
      - "./${folder}:/var/lib/iostd"
    secrets: [password]
    ports:
      - "127.0.0.1:${31001 + 10 * index}:30001"
      - "127.0.0.1:${31003 + 10 * index}:30003"
    restart: on-failure
    stop_grace_period: 20s
`,
  );
  return `# All validators on one machine:
#   put the password into ./password, then
#   IOST_NODE=/path/to/iost-node IOST_USER=$(id -u) docker compose up
# HTTP is at 127.0.0.1:31001, 31011 and so on, metrics at 31003, 31013 and so on.
name: iost-testnet
services:
${services.join('')}secrets:
  password:
    file: ./password
`;
}
