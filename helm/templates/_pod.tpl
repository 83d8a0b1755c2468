{{- /* What the Pods that serve and the one that migrates have in common. */ -}}

{{- /* Of the Pod's specification, what is the same for both. */ -}}
{{- define "assent.pod" -}}
{{- with .Values.serviceAccountName }}
serviceAccountName: {{ . }}
{{- end }}
# The service never speaks to the cluster.
automountServiceAccountToken: false
# A Service called assent would else put ASSENT_PORT and the like into the environment, which the service reads as
# settings that it does not know, and does not start.
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ int64 .Values.runAs.user }}
  runAsGroup: {{ int64 .Values.runAs.group }}
  fsGroup: {{ int64 .Values.runAs.group }}
  # Otherwise each start would touch every file of the volume, and open the kept secrets to the group.
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* Of the container, what is the same for both. */ -}}
{{- define "assent.container" -}}
image: {{ include "assent.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  capabilities:
    drop: [ALL]
  privileged: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  seccompProfile:
    type: RuntimeDefault
resources:
  {{- toYaml .Values.resources | nindent 2 }}
{{- with include "assent.environment" . }}
env:
  {{- . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* No settings and no secrets: these stand in files. */ -}}
{{- define "assent.environment" -}}
{{- if eq .Values.database.engine "sqlite" -}}
# Where SQLite sorts what does not fit into memory: the only place it can write to, and one that is guarded like the
# data itself.
- name: SQLITE_TMPDIR
  value: /var/lib/assent
{{- else if .Values.database.postgresql.caSecret -}}
# The driver's own settings, beneath what the address says.
- name: PGSSLMODE
  value: verify-full
- name: PGSSLROOTCERT
  value: /run/secrets/assent/database-ca.crt
{{- end }}
{{- end }}

{{- define "assent.mounts" -}}
- name: configuration
  mountPath: /etc/assent
  readOnly: true
{{- if include "assent.secretSources" . }}
- name: secrets
  mountPath: /run/secrets/assent
  readOnly: true
{{- end }}
{{- end }}

{{- /* Takes the chart's scope as `root` and the ConfigMap's name as `configuration`. */ -}}
{{- define "assent.volumes" -}}
- name: configuration
  configMap:
    name: {{ .configuration }}
{{- with include "assent.secretSources" .root }}
- name: secrets
  projected:
    # Readable by the Pod's user and group alone.
    defaultMode: 0440
    sources:
      {{- . | trim | nindent 6 }}
{{- end }}
{{- end }}

{{- define "assent.secretSources" -}}
{{- $postgresql := eq .Values.database.engine "postgresql" }}
{{- with .Values.database.postgresql }}
{{- if and $postgresql .secret }}
{{ include "assent.secretSource" (dict "name" .secret "items" (dict .urlKey "database-url")) }}
{{- end }}
{{- if and $postgresql .caSecret }}
{{ include "assent.secretSource" (dict "name" .caSecret "items" (dict .caKey "database-ca.crt")) }}
{{- end }}
{{- end }}
{{- with .Values.secrets }}
{{- if .secret }}
{{ include "assent.secretSource" (dict "name" .secret "items" (dict .cursorKey "cursor-key" .requestKey "request-key" .tombstoneKey "tombstone-key" .tokenKeys "token-keys")) }}
{{- end }}
{{- end }}
{{- with .Values.tls }}
{{- if .secret }}
{{ include "assent.secretSource" (dict "name" .secret "items" (dict "tls.crt" "tls.crt" "tls.key" "tls.key")) }}
{{- end }}
{{- if .clientCaSecret }}
{{ include "assent.secretSource" (dict "name" .clientCaSecret "items" (dict .clientCaKey "clients.crt")) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "assent.secretSource" -}}
- secret:
    name: {{ .name }}
    items:
      {{- range $key, $path := .items }}
      - key: {{ $key }}
        path: {{ $path }}
      {{- end }}
{{- end }}
