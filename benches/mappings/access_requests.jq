def field(name; value): value as $value | if $value == null or $value == "" or $value == [] then {} else {(name): $value} end;

. as $message
| fromjson as $r
| ($r.CreatedAt | tostring) as $at
| ($r.Action | tostring | ascii_downcase) as $action
| ($r.Allowed | tostring | ascii_downcase) as $allowed
| ($r.AppDomain | tostring | ascii_downcase | rtrimstr("/")) as $app
| (($app | endswith(".cloudflareaccess.com/warp")) and ($app | split("/") | length == 2)) as $enrolment
| ($r.IPAddress | tostring) as $given
| (if $given | startswith("::ffff:") then $given[7:] else $given end) as $ip
# jq knows no addresses: what has a colon or four small numbers is taken for one.
| (($ip | contains(":")) or (try ($ip | split(".") | map(tonumber) | length == 4 and all(. < 256)) catch false)) as $is_ip
| (if $is_ip then {ip: $ip, address: $ip} else {} end) as $party
| {
    message: $message,
    event: {
      kind: "event",
      dataset: "access_requests",
      category: ["authentication", "network"],
      type: (
        if $action == "logout" then ["end"]
        else
          [
            (if $enrolment then "connection" else empty end),
            (if $allowed == "false" or $allowed == "0" then "denied" else empty end),
            (if $action == "login" and ($allowed == "true" or $allowed == "1") then "start" else empty end)
          ] | if length == 0 then ["info"] else . end
        end
      )
    },
    "@timestamp": (
      if ($at | length) < 10 then {}
      elif $at | contains("T") then $at | fromdate | todate
      else "\($at[:10]).\(if $at[10:16] == "" then "0" else $at[10:16] end)" | tonumber | todate
      end
    ),
    observer: {type: "proxy", vendor: "Cloudflare"},
    client: $party,
    source: ($party + (field("country_iso_code"; $r.Country) | if . == {} then . else {geo: .} end)),
    related: ((if $is_ip then {ip: [$ip]} else {} end) + (if $r.AppDomain then {hosts: [$r.AppDomain]} else {} end)),
    url: field("domain"; $r.AppDomain),
    user: (field("email"; $r.Email) + field("id"; $r.UserUID)),
    cloudflare: (
      field("AppUUID"; $r.AppUUID)
      + field("Connection"; $r.Connection)
      + field("PurposeJustificationPrompt"; $r.PurposeJustificationPrompt)
      + field("PurposeJustificationResponse"; $r.PurposeJustificationResponse)
      + field("RayID"; $r.RayID)
      + field("TemporaryAccessApprovers"; $r.TemporaryAccessApprovers)
      + field("TemporaryAccessDuration"; $r.TemporaryAccessDuration)
    )
  }
| map_values(if . == {} then empty else . end)
