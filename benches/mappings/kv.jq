def offset: ((.[1:3] | tonumber) * 3600 + (.[3:5] | tonumber) * 60) * (if .[0:1] == "-" then -1 else 1 end);
def given($name; $value): if $value == null then {} else {($name): $value} end;
. as $message
| [scan("(\\w+)=(?:\"([^\"]*)\"|(\\S*))") | {key: .[0], value: (.[1] // .[2])}]
| from_entries as $r
| ($r.action | ascii_downcase) as $action
| ($action == "deny" or $action == "blocked") as $is_denied
| ($r.sentbyte | tonumber) as $sent
| ($r.rcvdbyte | tonumber) as $received
| (if $r.user == "N/A" then null else $r.user end) as $user
| {
    message: $message,
    "@timestamp": ("\($r.date)T\($r.time)Z" | fromdate - ($r.tz | offset) | todate),
    event: (
      {
        kind: "event",
        category: ["network"],
        type: [if $is_denied then "denied" else "allowed" end],
        action: $action,
        code: $r.logid
      }
      + given("outcome"; {accept: "success", close: "success", deny: "failure", blocked: "failure"}[$action])
      + given("reason"; $r.msg)
      + if $r.duration then {duration: (($r.duration | tonumber) * 1000000000)} else {} end
    ),
    observer: {
      vendor: "Acme",
      name: $r.devname,
      serial_number: $r.devid,
      ingress: {interface: {name: $r.srcintf}},
      egress: {interface: {name: $r.dstintf}}
    },
    log: {level: $r.level},
    rule: ({id: $r.policyid} + given("name"; $r.policyname) + given("category"; $r.catdesc)),
    source: (
      {ip: $r.srcip, address: $r.srcip, port: ($r.srcport | tonumber), bytes: $sent}
      + if $r.sentpkt then {packets: ($r.sentpkt | tonumber)} else {} end
      + given("mac"; $r.srcmac)
      + if $r.srccountry then {geo: {country_name: $r.srccountry}} else {} end
      + if $r.transip then {nat: {ip: $r.transip, port: ($r.transport | tonumber)}} else {} end
    ),
    destination: (
      {ip: $r.dstip, address: $r.dstip, port: ($r.dstport | tonumber), bytes: $received}
      + if $r.rcvdpkt then {packets: ($r.rcvdpkt | tonumber)} else {} end
      + if $r.dstcountry then {geo: {country_name: $r.dstcountry}} else {} end
    ),
    network: (
      {bytes: ($sent + $received), protocol: ($r.service | ascii_downcase)}
      + given("transport"; {"1": "icmp", "6": "tcp", "17": "udp"}[$r.proto])
      + if $r.app then {application: ($r.app | ascii_downcase)} else {} end
    ),
    related: (
      {ip: ([$r.srcip, $r.dstip] + if $r.transip then [$r.transip] else [] end | unique)}
      + if $user then {user: [$user]} else {} end
      + if $r.hostname then {hosts: [$r.hostname]} else {} end
    )
  }
  + if $user then {user: {name: $user}} else {} end
  + if $r.referralurl then {http: {request: {referrer: $r.referralurl}}} else {} end
  + if $r.url then
      ($r.url | split("/")) as $parts
      | ("/" + ($parts[3:] | join("/")) | split("?")) as $rest
      | {
          url: (
            {
              original: $r.url,
              full: $r.url,
              domain: $r.hostname,
              scheme: $parts[0][:-1],
              port: (if $parts[0] == "https:" then 443 else 80 end),
              path: $rest[0]
            }
            + given("query"; $rest[1])
          )
        }
    else {} end
