{{- /* The service's configuration, and the refusal of values that fit their types but not each other. */ -}}

{{- define "assent.refusals" -}}
{{- $postgresql := eq .Values.database.engine "postgresql" }}
{{- if and $postgresql (not .Values.database.postgresql.secret) }}
{{- fail "database.postgresql.secret must be set with database.engine postgresql: the Secret that holds the database's address" }}
{{- end }}
{{- if and $postgresql (not .Values.secrets.secret) }}
{{- fail "secrets.secret must be set with database.engine postgresql: the Secret that holds the keys every replica shares" }}
{{- end }}
{{- if eq .Values.secrets.cursorKey .Values.secrets.requestKey }}
{{- fail "secrets.requestKey must differ from secrets.cursorKey: each key does one thing" }}
{{- end }}
{{- if has .Values.secrets.tombstoneKey (list .Values.secrets.cursorKey .Values.secrets.requestKey) }}
{{- fail "secrets.tombstoneKey must differ from the other keys: each key does one thing" }}
{{- end }}
{{- if has .Values.secrets.tokenKeys (list .Values.secrets.cursorKey .Values.secrets.requestKey .Values.secrets.tombstoneKey) }}
{{- fail "secrets.tokenKeys must differ from the other keys: each key does one thing" }}
{{- end }}
{{- if and .Values.tls.clientCaSecret (not .Values.tls.secret) }}
{{- fail "tls.secret must be set, since tls.clientCaSecret is" }}
{{- end }}
{{- end }}

{{- define "assent.configuration" -}}
{{- include "assent.refusals" . }}
{{- $own := dict "listen" (dict "address" (printf "%s:50051" .Values.listenAddress)) }}
{{- if eq .Values.database.engine "sqlite" }}
{{- $_ := set $own "database" (dict "url" "sqlite:///var/lib/assent/assent.db") }}
{{- else }}
{{- $_ := set $own "database" (dict "url_file" "/run/secrets/assent/database-url") }}
{{- end }}
{{- if .Values.secrets.secret }}
{{- $_ := set $own "secrets" (dict "cursor_key_file" "/run/secrets/assent/cursor-key" "request_key_file" "/run/secrets/assent/request-key" "tombstone_key_file" "/run/secrets/assent/tombstone-key" "token_keys_file" "/run/secrets/assent/token-keys") }}
{{- end }}
{{- if .Values.erasures.existingClaim }}
{{- $_ := set $own "erasure" (dict "journal" "/var/lib/erasures") }}
{{- end }}
{{- if .Values.tls.secret }}
{{- $tls := dict "cert_file" "/run/secrets/assent/tls.crt" "key_file" "/run/secrets/assent/tls.key" }}
{{- if .Values.tls.clientCaSecret }}
{{- $_ := set $tls "client_ca_file" "/run/secrets/assent/clients.crt" }}
{{- end }}
{{- $_ := set $own "tls" $tls }}
{{- end -}}
# Written by the chart from its values. What does not stand here has its default.
{{- range $section, $keys := mergeOverwrite (deepCopy .Values.config) $own }}
{{- with $keys }}

[{{ $section }}]
{{- range $key, $value := . }}
{{- /* Not toToml, which makes 20.0 of 20. A text or whole number in JSON is the same in TOML. */}}
{{ $key }} = {{ toJson $value }}
{{- end }}
{{- end }}
{{- end }}
{{ end }}
