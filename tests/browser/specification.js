// The specification's "JavaScript Example", as written there, with what it leaves open filled in around it.
const called = (window.called = [])
const note = (name) => (value) => called.push([name, typeof value === 'string' ? value : value.id])
const [addTicketToBoard, updateTicketInBoard, moveTicketOnBoard, removeTicketFromBoard] = ['add', 'update', 'move', 'remove'].map(note)
const myTabId = 'abc123'
const projectId = new URLSearchParams(location.search).get('project')

const eventSource = new EventSource(`/api/projects/${projectId}/events`)
eventSource.onmessage = (event) => {
  const data = JSON.parse(event.data)
  // Skip events from this tab
  if (data.tabId === myTabId) return
  switch (data.type) {
    case 'ticket.created':
      addTicketToBoard(data.data)
      break
    case 'ticket.updated':
      updateTicketInBoard(data.data)
      break
    case 'ticket.moved':
      moveTicketOnBoard(data.data)
      break
    case 'ticket.deleted':
      removeTicketFromBoard(data.data.id)
      break
  }
}
eventSource.onerror = (error) => {
  called.push(['error', String(eventSource.readyState)])
}
window.addEventListener('beforeunload', () => {
  eventSource.close()
})
eventSource.onopen = () => (window.isOpen = true)

// The specification's "Generating Tab IDs", as written there.
window.createTicket = (tabId, ticketData) =>
  fetch(`/api/projects/${projectId}/tickets`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Tab-Id': tabId
    },
    body: JSON.stringify(ticketData)
  })
