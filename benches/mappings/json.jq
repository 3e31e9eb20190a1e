. as $message
| fromjson as $r
| $r.evidence.process as $process
| $r.evidence.connection as $connection
| $r.evidence.file as $file
| ($r.host.name | ascii_downcase) as $host
| {
    message: $message,
    "@timestamp": ($r.observedAt | fromdate | todate),
    event: {
      kind: "alert",
      category: ["intrusion_detection"],
      type: ["info"],
      code: $r.rule.key,
      reason: ($r.summary | trim),
      severity: $r.severity.score,
      url: $r.links.self,
      outcome: ({blocked: "success", missed: "failure"}[$r.verdict.action] // "unknown")
    },
    rule: {id: $r.rule.id, name: $r.rule.title, category: ($r.rule.family | ascii_downcase)},
    threat: {technique: {id: [$r.rule.techniques[].id]}},
    observer: {vendor: "Acme", product: "Watch", version: $r.sensor.version},
    host: {
      hostname: $host,
      name: $host,
      id: $r.host.id,
      ip: $r.host.addresses,
      os: {
        name: $r.host.os.name,
        version: $r.host.os.version,
        type: (if $r.host.os.name | startswith("Windows") then "windows" else "linux" end)
      }
    },
    user: {name: $r.actor.user.login, domain: $r.actor.user.domain, email: $r.actor.user.email},
    related: (
      {hosts: [$host], user: [$r.actor.user.login]}
      + {ip: ($r.host.addresses + (if $connection then [$connection.local.address, $connection.remote.address] else [] end))}
      + {hash: ((if $process then [$process.sha256] else [] end) + (if $file then [$file.hashes.md5, $file.hashes.sha256] else [] end))}
    )
  }
  + (
    if $process then {
      process: {
        pid: $process.pid,
        name: ($process.path | split("/")[-1]),
        executable: $process.path,
        command_line: $process.commandLine,
        hash: {sha256: $process.sha256},
        parent: {pid: $process.parent.pid, executable: $process.parent.path}
      }
    } else {} end
  )
  + (
    ($process.commandLine | split("https://")[1]) as $address
    | if $address then
        ($address | split("/")) as $parts
        | {
            url: {
              original: "https://\($address)",
              full: "https://\($address)",
              scheme: "https",
              domain: $parts[0],
              port: 443,
              path: "/\($parts[1:] | join("/"))"
            }
          }
      else {} end
  )
  + (
    if $connection then {
      source: {ip: $connection.local.address, address: $connection.local.address, port: $connection.local.port},
      destination: {ip: $connection.remote.address, address: $connection.remote.address, port: $connection.remote.port},
      network: {transport: ($connection.protocol | ascii_downcase), bytes: ($connection.sent + $connection.received)}
    } else {} end
  )
  + (
    if $file then {
      file: {
        path: $file.path,
        name: ($file.path | split("/")[-1]),
        directory: ($file.path | split("/")[:-1] | join("/")),
        size: $file.size,
        hash: {sha256: $file.hashes.sha256, md5: $file.hashes.md5}
      }
    } else {} end
  )
