def offset: ((.[1:3] | tonumber) * 3600 + (.[3:5] | tonumber) * 60) * (if .[0:1] == "-" then -1 else 1 end);
def given($name; $value): if $value == null then {} else {($name): $value} end;
. as $message
| capture("^(?:<\\d+>\\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d (?<host>\\S+) (?<program>[^\\[:\\s]+)(?:\\[(?<pid>\\d+)\\])?: )?(?<client>\\S+) \\S+ (?<user>\\S+) \\[(?<at>[^\\]]+)\\] \"(?<verb>\\w+) (?<target>\\S+)(?: HTTP/(?<version>[\\d.]+))?\" (?<status>\\d+) (?:(?<bytes>\\d+)|-) \"(?<referrer>[^\"]*)\" \"(?<agent>[^\"]*)\"(?: rt=(?<seconds>[\\d.]+))?(?: upstream=(?<upstream>[^\\s:]+):(?<upstream_port>\\d+))?$") as $r
| ($r.status | tonumber) as $status
| ($r.target | split("?")) as $parts
| (if $r.user == "-" then null else $r.user end) as $user
| ($r.client | gsub(":0+(?<digit>[0-9a-f])"; ":\(.digit)")) as $client
| {
    message: $message,
    "@timestamp": ($r.at[:20] | strptime("%d/%b/%Y:%H:%M:%S") | mktime - ($r.at[21:] | offset) | todate),
    event: {
      kind: "event",
      category: ["web"],
      type: ["access"],
      outcome: (if $status < 400 then "success" else "failure" end),
      duration: (($r.seconds // "0" | tonumber) * 1000000000 | floor)
    },
    observer: {vendor: "Acme"},
    source: {ip: $client, address: $client},
    http: {
      version: $r.version,
      request: ({method: $r.verb} + if $r.referrer == "-" then {} else {referrer: $r.referrer} end),
      response: ({status_code: $status} + if $r.bytes then {bytes: ($r.bytes | tonumber)} else {} end)
    },
    url: ({original: $r.target}
      + (if $r.target | startswith("//") then {domain: $r.target[2:]} else {path: $parts[0]} end)
      + given("query"; $parts[1])),
    user_agent: {original: $r.agent},
    related: (
      {ip: ([$client] + if $r.upstream then [$r.upstream] else [] end)}
      + if $r.host then {hosts: [$r.host]} else {} end
      + if $user then {user: [$user]} else {} end
    )
  }
  + if $r.host then {
      host: {hostname: $r.host, name: $r.host},
      process: {name: $r.program, pid: ($r.pid | tonumber)}
    } else {} end
  + if $r.upstream then
      {destination: {ip: $r.upstream, address: $r.upstream, port: ($r.upstream_port | tonumber)}}
    else {} end
  + if $user then {user: {name: $user}} else {} end
