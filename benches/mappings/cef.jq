def given($name; $value): if $value == null then {} else {($name): $value} end;
. as $message
| split("|") as $head
| ($head[7:] | join("|")) as $extension
| ($extension | gsub(" (?<key>\\w+)="; "\u0000\(.key)=") | split("\u0000")) as $pairs
| ([$pairs[] | index("=") as $at | {key: .[:$at], value: .[$at + 1:]}] | from_entries) as $r
| ($r.request // null) as $request
| {
    message: $message,
    "@timestamp": ($r.rt[:10] | tonumber | todate),
    event: {
      kind: "alert",
      category: ["intrusion_detection", "network"],
      type: [if $r.act == "block" then "denied" else "info" end],
      code: $head[4],
      action: ($r.act | ascii_downcase),
      reason: $r.msg,
      severity: ($head[6] | tonumber)
    },
    observer: {vendor: $head[1], product: $head[2], version: $head[3], hostname: $r.dvchost, ip: [$r.dvc]},
    rule: {name: $r.cs1, category: $r.cat, description: $head[5]},
    source: (
      {ip: $r.src, address: ($r.shost // $r.src), port: ($r.spt | tonumber), bytes: ($r.out | tonumber)}
      + given("domain"; $r.shost)
    ),
    destination: (
      {ip: $r.dst, address: ($r.dhost // $r.dst), port: ($r.dpt | tonumber), bytes: ($r.in | tonumber)}
      + given("domain"; $r.dhost)
      + if $r.duser then {user: {name: $r.duser}} else {} end
    ),
    user: {name: $r.suser},
    network: {transport: ($r.proto | ascii_downcase), protocol: ($r.app | ascii_downcase)},
    related: (
      {
        ip: [$r.src, $r.dst, $r.dvc],
        hosts: ([$r.dvchost, $r.shost, $r.dhost] | map(select(. != null))),
        user: ([$r.suser, $r.duser] | map(select(. != null)))
      }
      + if $r.fileHash then {hash: [$r.fileHash]} else {} end
    )
  }
  + if $r.fname then {file: {name: $r.fname, hash: {sha256: $r.fileHash}}} else {} end
  + if $request then
      ($request | split("/")) as $parts
      | ("/" + ($parts[3:] | join("/")) | split("?")) as $rest
      | {
          url: (
            {
              original: $request,
              full: $request,
              domain: $parts[2],
              scheme: $parts[0][:-1],
              port: (if $parts[0] == "https:" then 443 else 80 end),
              path: $rest[0]
            }
            + given("query"; $rest[1])
          ),
          http: {request: {method: $r.requestMethod}},
          user_agent: {original: $r.requestClientApplication}
        }
    else {} end
